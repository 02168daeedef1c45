"""A live server in this process, over an assistant that a test has made."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api import create_app
from index.settings import Settings
from qa.ask import Assistant


@contextmanager
def served(assistant: Assistant, settings: Settings | None = None) -> Iterator[str]:
    """The address of a server that is ready, and has ended after the block."""
    config = uvicorn.Config(create_app(settings or assistant.settings, assistant), log_level="error")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
