"""A real SMTP server (Debian's aiosmtpd) that answers as a story tells it to.

Takes one line of JSON as its argument: folder for accepted letters, and optionally tls (starttls or
implicit) with cert and key, and user with password. Prints the port; then obeys lines on stdin and
prints "ok" for each:

    up                          begins to listen; before that, connections are refused
    answer STAGE CODE WORDS     the next MAIL, RCPT or DATA is answered so
    hold                        the next letter is accepted and kept, and the client hears nothing
"""

import asyncio
import collections
import json
import logging
import pathlib
import socket
import ssl
import sys
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


class Story:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.answers = collections.defaultdict(collections.deque)
        self.holds = 0
        self.accepted = 0

    def next(self, stage):
        queue = self.answers[stage]
        return queue.popleft() if queue else None

    async def handle_MAIL(self, server, session, envelope, address, options):
        if answer := self.next("mail"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.next("rcpt"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if answer := self.next("data"):
            return answer
        name = f"{self.accepted:04}"
        self.accepted += 1
        (self.folder / f"{name}.to").write_text("\n".join(envelope.rcpt_tos))
        (self.folder / f"{name}.eml").write_bytes(envelope.content)
        if self.holds:
            self.holds -= 1
            say("arrived")
            await asyncio.sleep(3600)
        return "250 Accepted"


def say(line):
    print(line, flush=True)


def tls_context(order):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(order["cert"], order["key"])
    return context


def sign_in(order):
    expected = (order["user"].encode(), order["password"].encode())

    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == expected, handled=False)

    return check


async def main():
    # A client that goes away is the story here, and which sign-in is safe is no matter on loopback.
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    order = json.loads(sys.argv[1])
    story = Story(order["folder"])
    loop = asyncio.get_running_loop()
    options = {"hostname": "mail.example", "loop": loop}
    if "user" in order:
        options.update(authenticator=sign_in(order), auth_required=True, auth_require_tls=False)
    if order.get("tls") == "starttls":
        options.update(tls_context=tls_context(order), require_starttls=True)
    implicit = tls_context(order) if order.get("tls") == "implicit" else None
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    say(f"port {listener.getsockname()[1]}")

    lines = asyncio.Queue()

    def read():
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        command, _, rest = line.partition(" ")
        if command == "up":
            await loop.create_server(lambda: SMTP(story, **options), sock=listener, ssl=implicit)
        elif command == "hold":
            story.holds += 1
        elif command == "answer":
            stage, _, answer = rest.partition(" ")
            story.answers[stage].append(answer)
        say("ok")


asyncio.run(main())
