"""The words of reports in Russian and English."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

LANGUAGES: Final = ("ru", "en")
_WORDS: Final = MappingProxyType(
    {
        "monthly": ("Отчёт о защите переписки от утечек", "Report on leaks in corporate chats"),
        "incidents_report": ("Инциденты", "Incidents"),
        "page": ("стр.", "page"),
        "nothing": ("Записей нет.", "Nothing to show."),
        "messages": ("Сообщения", "Messages"),
        "measure": ("Показатель", "Measure"),
        "count": ("Количество", "Count"),
        "before": ("Периодом раньше", "Period before"),
        "by_department": ("Инциденты по подразделениям", "Incidents by department"),
        "by_policy": ("Инциденты по правилам", "Incidents by rule"),
        "by_channel": ("Инциденты по каналам", "Incidents by channel"),
        "by_outcome": ("Инциденты по итогам", "Incidents by outcome"),
        "times": ("Время до решения", "Time to resolve"),
        "would_have_stopped": ("Остановили бы правила в режиме наблюдения", "Observing rules would have stopped"),
        "reveals": ("Раскрытия содержимого", "Reveals of content"),
        "exceptions": ("Исключения", "Exceptions"),
        "gaps": ("Непрочитанное, принятое с объяснением или открытое", "Gaps, accepted or open"),
        "department": ("Подразделение", "Department"),
        "policy": ("Политика", "Policy"),
        "rule": ("Правило", "Rule"),
        "connector": ("Канал", "Connector"),
        "zone": ("Зона", "Zone"),
        "resolution": ("Итог", "Outcome"),
        "severity": ("Важность", "Severity"),
        "incidents": ("Инцидентов", "Incidents"),
        "median_hours": ("Медиана, ч", "Median, h"),
        "ninth_decile_hours": ("90 % быстрее, ч", "90 % within, h"),
        "kind": ("Вид", "Kind"),
        "accepted": ("Принято", "Accepted"),
        "duplicate": ("Повторы", "Duplicates"),
        "decision:allow": ("Пропущено", "Allowed"),
        "decision:alert": ("Сообщено офицеру", "Alerted"),
        "decision:coach": ("Предупреждён отправитель", "Sender coached"),
        "decision:redact": ("Скрыта часть", "Redacted"),
        "decision:hold": ("Задержано", "Held"),
        "decision:block": ("Заблокировано", "Blocked"),
        "confirmed_leak": ("подтверждённая утечка", "confirmed leak"),
        "false_positive": ("ложное срабатывание", "false positive"),
        "accepted_risk": ("риск принят", "risk accepted"),
        "duplicate_incident": ("повтор", "duplicate"),
        "training": ("проведено обучение", "training given"),
        "other": ("другое", "other"),
        "low": ("низкая", "low"),
        "medium": ("средняя", "medium"),
        "high": ("высокая", "high"),
        "critical": ("критическая", "critical"),
        "foreign": ("зарубежная", "foreign"),
        "domestic": ("российская", "domestic"),
        "onprem": ("внутренняя", "on-premises"),
    }
)
_UNKNOWN: Final = ("не известно", "not known")


class Words:
    """The words of one language, and times in one zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self._place = LANGUAGES.index(language)
        self._zone = zone

    def __getitem__(self, name: str) -> str:
        return _WORDS[name][self._place]

    def value(self, name: str | None) -> str:
        """A value of a field: its word where it has one, else as it stands."""
        if name is None or name == "":
            return _UNKNOWN[self._place]
        known = _WORDS.get("duplicate_incident" if name == "duplicate" else name)
        return known[self._place] if known else name

    def measure(self, name: str) -> str:
        """The name of a measure of the ledger."""
        known = _WORDS.get(name)
        return known[self._place] if known else name

    def period(self, start: datetime, end: datetime) -> str:
        """A period as a line."""
        told = (("Период: с {} по {}, часовой пояс {}"), ("Period: from {} to {}, time zone {}"))[self._place]
        return told.format(self._time(start), self._time(end), self._zone.key)

    def made(self, now: datetime) -> str:
        """When a report was made, as a line."""
        return ("Составлен: {}", "Made: {}")[self._place].format(self._time(now))

    def rows(self, count: int) -> str:
        """How many rows there are, as a line."""
        return ("Строк: {}", "Rows: {}")[self._place].format(count)

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime(("%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M")[self._place])
