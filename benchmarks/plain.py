"""The script that the emulator's start is compared with: one Flask route on uvicorn, and the other
libraries imported.
"""

import socket

import bcrypt  # noqa: F401
import marshmallow  # noqa: F401
import peewee  # noqa: F401
import uvicorn
from flask import Flask

app = Flask(__name__, static_folder=None)


@app.get("/__admin/health")
def tell_health() -> str:
    """The one answer."""
    return "ok"


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Who connects from now on waits until it answers.
        print(f"Listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(app, interface="wsgi", lifespan="off", log_config=None)
        uvicorn.Server(config).run(sockets=[listener])
