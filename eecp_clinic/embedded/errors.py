"""What the embedded servers and the supervisor refuse with. Django is not imported anywhere in this package."""


class EmbeddedError(RuntimeError):
    """A server or program could not be started, reached or stopped; the message names the way out."""
