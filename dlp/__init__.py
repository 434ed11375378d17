"""A monitor against leaks in corporate chats."""

__version__ = "0.1.0"
