"""The page behind a local address, with Gradio's ties to the outside cut."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import gradio as gr
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse

from stylenet.command.arguments import LOOPBACK
from stylenet.errors import OptionError
from stylenet.options.presets import PRESETS
from stylenet.page.addresses import is_loopback
from stylenet.page.layout import build
from stylenet.pictures import samples

MOST_UPLOADED = "50mb"  # a file; what it unpacks to has the limit of any input
# The browser itself refuses to fetch a font, or anything else, from elsewhere, or to send there.
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; "
    "form-action 'self'"
)
FONT = ("system-ui", "sans-serif")  # what is there; Gradio's own come from Google
STYLE = """
.pictures .grid-container {
    grid-template-columns: repeat(var(--grid-cols), minmax(0, 1fr)) !important
}
.strip, .strip .grid-wrap {min-height: 0 !important; height: auto !important}
.strip .grid-container {grid-auto-rows: auto !important; grid-template-rows: auto !important}
.strip .thumbnail-lg {aspect-ratio: 1; height: auto}
.strip .caption-label {font-size: 0.65em; padding: 1px 3px; max-width: 100%}
.history .grid-container {
    grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)) !important
}
.samples .caption-label {display: none}
footer {display: none !important}
"""


class KeptHome:
    """An ASGI application that answers its own page alone, and whose answers carry POLICY.

    Args:
        app: what answers.
    """

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        async def send_with_policy(message):
            if message["type"] == "http.response.start":
                header = (b"content-security-policy", POLICY.encode())
                message = {**message, "headers": [*message["headers"], header]}
            await send(message)

        answers = self._app
        if scope["type"] == "http":
            asked = Headers(scope=scope)
            origin = asked.get("origin")  # of the page that asks, as the browser says
            if origin and urlsplit(origin).netloc != asked.get("host"):
                answers = PlainTextResponse("This is for the page itself.", 403)
        await answers(scope, receive, send_with_policy)


@contextmanager
def launched(studio, host, port):
    """The page served, until left; yields its URL.

    Args:
        studio: `stylenet.page.studio.Studio`.
        host, port: where; the first free port from 7860 on when None.

    Raises:
        OptionError: that cannot be had.
    """
    page = build(studio)
    pictures = [*samples.ALL, *map(samples.preset, PRESETS)]
    # A name that another site has lead to this machine is none of it.
    names = [host, LOOPBACK, "localhost"] if is_loopback(host) else ["*"]
    guards = [Middleware(TrustedHostMiddleware, allowed_hosts=names), Middleware(KeptHome)]
    try:
        _, url, _ = page.queue(max_size=100).launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            share=False,
            quiet=True,
            footer_links=[],
            max_file_size=MOST_UPLOADED,
            allowed_paths=[str(path) for path in pictures],
            app_kwargs={"middleware": guards},
            ssr_mode=False,
            enable_monitoring=False,
            run_history=False,
            theme=gr.themes.Default(primary_hue="blue", font=FONT, font_mono=("monospace",)),
            css=STYLE,
        )
    except OSError as error:
        raise OptionError(f"No port from 7860 to 7959 is free at {host}; choose one.") from error
    try:
        yield url
    finally:
        page.close(verbose=False)
