"""A small ASGI server on the standard library: one request a connection, bodies in two pieces, and the lifespan.

`asgi_server.py <module> <port>` serves the `app` of a module until SIGTERM.
"""
import asyncio
import importlib
import signal
import sys


async def _answer(app, reader, writer):
    line = await reader.readline()
    if not line:  # somebody looked whether the port is open
        return writer.close()
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = []
    while (line := (await reader.readline()).rstrip(b"\r\n")) != b"":
        name, value = line.split(b":", 1)
        headers.append((name.lower(), value.strip()))
    body = await reader.readexactly(int(dict(headers).get(b"content-length", b"0")))
    middle = len(body) // 2
    messages = [
        {"type": "http.request", "body": body[:middle], "more_body": True},
        {"type": "http.request", "body": body[middle:]},
        {"type": "http.disconnect"},
    ]

    async def receive():
        return messages.pop(0)

    async def send(message):
        if message["type"] == "http.response.start":
            writer.write(f"HTTP/1.1 {message['status']} x\r\nConnection: close\r\n".encode())
            writer.writelines(b"%s: %s\r\n" % header for header in message["headers"])
            writer.write(b"\r\n")
        else:
            writer.write(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": None,
        "server": None,
    }
    try:
        await app(scope, receive, send)
        await writer.drain()
    finally:
        writer.close()


async def serve(app, port):
    to_app, from_app = asyncio.Queue(), asyncio.Queue()
    lifespan = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, to_app.get, from_app.put))
    await to_app.put({"type": "lifespan.startup"})
    assert (await from_app.get())["type"] == "lifespan.startup.complete"
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    server = await asyncio.start_server(lambda reader, writer: _answer(app, reader, writer), "127.0.0.1", port)
    await stop.wait()
    # Stays open until the application has ended: it says itself that it is stopping.
    await to_app.put({"type": "lifespan.shutdown"})
    assert (await from_app.get())["type"] == "lifespan.shutdown.complete"
    await lifespan
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(importlib.import_module(sys.argv[1]).app, int(sys.argv[2])))
