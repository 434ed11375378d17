"""Intake: messages out of files people give: exports of messengers, mailboxes, texts and JSONL."""
