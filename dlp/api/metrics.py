"""What Prometheus is told: a registry of the application's own, and the record's numbers read when it asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dlp.records import Severity
from dlp.store.vitals import Vitals

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_VERDICT = "/verdict"


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        told: dict[str, Any] = {"registry": self.registry}
        self._requests = Counter("dlp_http_requests", "Requests answered.", ["method", "route", "status"], **told)
        self._seconds = Histogram("dlp_http_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, **told)
        self._verdicts = Histogram("dlp_verdict_seconds", "Time from question to recorded verdict.", buckets=_SECONDS, **told)

    def answered(self, told: tuple[str, str, int, float]) -> None:
        """Counts one request: method, route template, status, seconds."""
        method, route, status, seconds = told
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if route.endswith(_VERDICT) and status == 200:
            self._verdicts.observe(seconds)

    def text(self, vitals: Vitals, now: datetime) -> bytes:
        """Everything in Prometheus' text format."""
        of_record = CollectorRegistry()
        of_record.register(_OfRecord(vitals, now))
        return generate_latest(self.registry) + generate_latest(of_record)


class _OfRecord(Collector):
    """The record's numbers at one moment."""

    def __init__(self, vitals: Vitals, now: datetime) -> None:
        self._vitals = vitals
        self._now = now

    def collect(self) -> Iterator[Metric]:
        yield from self._of_messages()
        yield from self._of_duties()

    def _of_messages(self) -> Iterator[Metric]:
        vitals = self._vitals
        yield CounterMetricFamily("dlp_ledger_rows", "Verdicts in the ledger.", vitals.ledger_rows)
        day = GaugeMetricFamily("dlp_messages_last_day", "Messages of 24 hours.", labels=("connector", "measure"))
        for (connector, measure), count in sorted(vitals.last_day.items()):
            day.add_metric((connector, measure), count)
        yield day
        yield GaugeMetricFamily("dlp_inbox_waiting", "Messages accepted and not yet decided.", vitals.waiting)
        age = 0.0 if vitals.oldest_waiting is None else max(0.0, (self._now - vitals.oldest_waiting).total_seconds())
        yield GaugeMetricFamily("dlp_inbox_oldest_seconds", "Age of the oldest message that waits.", age)

    def _of_duties(self) -> Iterator[Metric]:
        vitals = self._vitals
        yield _by("dlp_outbox_actions", "Actions not done.", "state", vitals.outbox)
        yield _by("dlp_holds", "Holds that wait for somebody.", "state", vitals.holds)
        open_by_name = {Severity(severity).name.lower(): count for severity, count in vitals.incidents.items()}
        yield _by("dlp_incidents_open", "Open incidents.", "severity", open_by_name)
        yield GaugeMetricFamily("dlp_emergencies", "Pass-throughs in force.", len(vitals.emergencies))


def _by(name: str, told: str, label: str, counts: Any) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=(label,))
    for value, count in sorted(counts.items()):
        family.add_metric((value,), count)
    return family
