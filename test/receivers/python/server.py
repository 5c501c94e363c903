"""The receiver under test, as harness/suite.ts wants it: `server.py wsgi|asgi|flask|fastapi`."""
import asyncio
import json
import os
import sys
import time
from wsgiref.simple_server import make_server

from ringback_receiver import Receiver

PORT = int(os.environ["PORT"])


def say(line):
    with open(os.environ["OUTPUT"], "a") as file:
        file.write(line + "\n")


def end(event, delivery_id):
    with open(os.environ["GATE"]) as gate:
        if gate.read() == "fail":
            raise RuntimeError("the gate says fail")
    say(f"handled {delivery_id} {event['type']}")


def handle(event, delivery_id):
    while not os.path.exists(os.environ["GATE"]):
        time.sleep(0.005)
    end(event, delivery_id)


async def handle_async(event, delivery_id):
    while not os.path.exists(os.environ["GATE"]):
        await asyncio.sleep(0.005)
    end(event, delivery_id)


def receiver_with(handler):
    return Receiver(
        os.environ["SECRET"],
        handler,
        log=lambda line: say("log " + json.dumps({**line, "duration_ms": 0} if "duration_ms" in line else line)),
        on_error=lambda error, webhook: say(f"error {error} {webhook.delivery_id}"),
    )


def serve_wsgi():
    make_server("127.0.0.1", PORT, receiver_with(handle).wsgi).serve_forever()


def serve_flask():
    from flask import Flask, request

    app = Flask(__name__)
    receiver = receiver_with(handle)

    @app.route("/hook", methods=["GET", "POST"])
    def hook():
        return receiver.receive(request.get_data(), request.headers, request.method)

    app.run(port=PORT)


def serve_asgi():
    from asgi_server import serve

    asyncio.run(serve(receiver_with(handle_async).asgi, PORT))


def serve_fastapi():
    import uvicorn
    from fastapi import FastAPI, Request, Response

    app = FastAPI()
    receiver = receiver_with(handle_async)

    @app.api_route("/hook", methods=["GET", "POST"])
    async def hook(request: Request):
        return Response(*await receiver.receive_async(await request.body(), request.headers, request.method))

    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")


{"wsgi": serve_wsgi, "flask": serve_flask, "asgi": serve_asgi, "fastapi": serve_fastapi}[sys.argv[1]]()
