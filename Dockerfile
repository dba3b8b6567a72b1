# The page in a container, for this machine alone; pictures are found in ./output.
#   docker build -t cnn-stylenet .
#   docker run --rm -p 127.0.0.1:7860:7860 -v "$PWD/output:/work/output" cnn-stylenet
FROM python:3.12-slim
COPY . /src
RUN pip install --no-cache-dir '/src[page]' && rm -rf /src
WORKDIR /work
ENV PYTHONUNBUFFERED=1
EXPOSE 7860
CMD ["cnn-stylenet", "--page", "0.0.0.0:7860"]
