"""A fictional company and its chats, written in the form of every export that is read."""
