"""Real sockets on the loopback: what a broken connection looks like, and whether anything was sent."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from services.xero import calls as calls_module
from services.xero import errors
from services.xero.calls import Surroundings
from services.xero.client import XeroClient
from services.xero.transport import network_session

ANSWER = b'{"Accounts": []}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture
def answering() -> Iterator[Callable]:
    """``answering(say)``: a client whose server hands each connection to ``say(connection)``."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads = []

    def start(say: Callable[[socket.socket], None]) -> XeroClient:
        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    say(connection)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return client_for(listener.getsockname()[1])

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join(5)


def client_for(port: int) -> XeroClient:
    base = f"http://127.0.0.1:{port}"
    return XeroClient(network_session([base]), base, "tenant-1", Surroundings(lambda: "token-1", sleep=lambda _: None))


def write(client: XeroClient) -> type[errors.XeroError]:
    with pytest.raises(errors.XeroError) as raised:
        client.create_document("invoice", {"Invoices": []}, "key-1")
    return type(raised.value)


def test_a_closed_port_means_that_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert write(client_for(port)) is errors.NotSent


def test_a_connection_closed_without_a_word_means_that_it_is_not_known(answering):
    asked = []
    client = answering(asked.append)
    assert write(client) is errors.NoAnswer
    assert len(asked) == 1, "a PUT is sent once"


def test_an_answer_cut_off_in_the_middle_is_none(answering):
    assert write(answering(lambda connection: connection.sendall(HEAD % 1000 + ANSWER))) is errors.NoAnswer


def test_an_answer_that_does_not_come_in_time_is_none(answering, monkeypatch):
    monkeypatch.setattr(calls_module, "TIMEOUT_SECONDS", (1, 0.2))
    over = threading.Event()
    client = answering(lambda connection: over.wait(10))
    assert write(client) is errors.NoAnswer
    over.set()


def test_what_is_not_http_is_no_answer(answering):
    assert write(answering(lambda connection: connection.sendall(b"220 mail.example ESMTP\r\n"))) is errors.NoAnswer


def test_reading_gets_through_once_the_line_is_back(answering):
    turns = iter([lambda connection: None, lambda connection: connection.sendall(HEAD % len(ANSWER) + ANSWER)])
    client = answering(lambda connection: next(turns)(connection))
    assert client.accounts() == []
    assert client.calls == 2


def test_a_redirect_is_not_followed(answering):
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    assert write(answering(lambda connection: connection.sendall(moved))) is errors.Unreadable
