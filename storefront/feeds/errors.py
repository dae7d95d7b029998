"""What goes wrong with a whole file, as opposed to one of its rows."""


class FeedError(ValueError):
    """The file cannot be read as stock; the message is a sentence for the dealer, naming the line if it can."""
