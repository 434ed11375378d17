"""WhatsApp: lines of an exported chat, in English and Russian, from iOS and Android."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from enum import Enum
from typing import NamedTuple

from dlp.chats.identity import DigestIds
from dlp.chats.moment import local_moment
from dlp.detect_free import Pattern
