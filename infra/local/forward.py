"""Lets containers reach the local cloud, which listens on 127.0.0.1 only. Forwards connections to `address` to the same port
of 127.0.0.1, as long as this process runs."""

import asyncio
import contextlib


async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
    sink.close()


async def listen(address: str, port: int) -> None:
    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, back), copy(there, writer))

    server = await asyncio.start_server(hand_on, address, port)
    await server.serve_forever()


def serve(address: str, port: int) -> None:
    """Forwards connections to `address` until the process ends."""
    asyncio.run(listen(address, port))
