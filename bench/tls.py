"""TLS in front of the local cloud, which uses plain HTTP: a temporary certificate authority and a small proxy.

    tls.py <port> <port of the local cloud> <folder>     runs the proxy as a process of its own

The proxy records the time of each handshake, which distinguishes those before the first request from later ones."""

import asyncio
import contextlib
import datetime
import ipaddress
import pathlib
import ssl
import sys
import time

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AUTHORITY = "authority.pem"
# The authority after all usual trusted ones: reading that file is part of the cost of TLS at the start.
TRUSTED = "trusted.pem"
SERVER = "server.pem"
HANDSHAKES = "handshakes.txt"


def make_certificates(folder: pathlib.Path) -> None:
    """Writes the authority, the trusted certificates, and a server's certificate with its key for `localhost`."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = name("Souk bench authority")
    authority = certificate(authority_name, authority_key, authority_name, authority_key, is_authority=True)
    server = certificate(name("localhost"), server_key, authority_name, authority_key, is_authority=False)
    (folder / AUTHORITY).write_bytes(pem(authority))
    (folder / TRUSTED).write_bytes(pathlib.Path(certifi.where()).read_bytes() + b"\n" + pem(authority))
    key = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / SERVER).write_bytes(key + pem(server))


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certificate(subject, key, issuer, issuer_key, *, is_authority: bool) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName(addresses), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


def handshakes(folder: pathlib.Path) -> list[float]:
    """Returns the times of the handshakes, in seconds since the epoch."""
    file = folder / HANDSHAKES
    return [float(line) for line in file.read_text().splitlines()] if file.exists() else []


async def proxy(port: int, cloud_port: int, folder: pathlib.Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / SERVER)
    # AWS's endpoints speak HTTP/1.1 to the SDKs of DynamoDB.
    context.set_alpn_protocols(["http/1.1"])

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with (folder / HANDSHAKES).open("a") as noted:
            noted.write(f"{time.time()}\n")
        cloud_reader, cloud_writer = await asyncio.open_connection("127.0.0.1", cloud_port)
        await asyncio.gather(pass_on(reader, cloud_writer), pass_on(cloud_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", port, ssl=context)
    async with server:
        await server.serve_forever()


async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copies bytes until one of the two sides closes. A function that is killed closes without notice."""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()


if __name__ == "__main__":
    asyncio.run(proxy(int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])))
