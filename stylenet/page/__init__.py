"""A local page to paint on, for who does not type; built on Gradio."""
