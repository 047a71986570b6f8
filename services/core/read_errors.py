"""Why a file could not be read as settlements: sentences for the person who dropped it."""

WHERE_TO_GET_IT = (
    "In Seller Central, open Payments → All statements and download the Flat File V2 of the settlement; "
    "drop it here as it comes, without opening it in a spreadsheet."
)


class ReadError(Exception):
    """``what`` says what the file looks like, or which line is wrong and why; ``message`` adds what to do."""

    def __init__(self, what: str):
        self.message = f"{what} {WHERE_TO_GET_IT}"
        super().__init__(self.message)


class NotASettlement(ReadError):
    """The file is something else."""


class BrokenSettlement(ReadError):
    """The file is a settlement report, but what it says cannot be trusted."""


class TooLarge(ReadError):
    """The file, or what it unpacks to, goes beyond a limit, which ``message`` names."""


class BrokenArchive(ReadError):
    """The archive cannot be unpacked, or holds what TrueBooks does not unpack."""
