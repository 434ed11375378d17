"""Inline doors that wait for a verdict, and the SDK for whoever asks one."""
