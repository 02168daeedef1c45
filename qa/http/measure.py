"""What the server counts and times, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from qa.ask import Assistant, Reply

# Seconds. An answer takes some 10 ms, a build minutes.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """The counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        of_route = ("method", "route")
        self.requests = Counter("policyqa_requests", "requests answered", (*of_route, "status"), registry=self.registry)
        self.latency = Histogram(
            "policyqa_request_seconds",
            "time until a response began",
            of_route,
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.running = Gauge("policyqa_requests_running", "requests being answered", registry=self.registry)
        self.stages = Histogram(
            "policyqa_stage_seconds",
            "time of one stage of an answer",
            ("stage",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.answers = Counter(
            "policyqa_answers",
            "questions answered, and refused since no text answers",
            ("outcome",),
            registry=self.registry,
        )
        for outcome in ("answered", "refused"):
            self.answers.labels(outcome)
        self._index = Gauge(
            "policyqa_index_info", "1 for the index in use", ("version", "model"), registry=self.registry
        )
        self._held = Gauge("policyqa_index_held", "what the index in use holds", ("what",), registry=self.registry)

    def count_reply(self, reply: Reply) -> None:
        """Count an answer and the time of its stages."""
        self.answers.labels("answered" if reply.answer.answerable else "refused").inc()
        for stage, milliseconds in reply.stages_ms.items():
            self.stages.labels(stage).observe(milliseconds / 1000)

    def show_index(self, assistant: Assistant) -> None:
        """Name the index in use, and no other."""
        manifest = assistant.index.manifest
        self._index.clear()
        self._index.labels(manifest.version, assistant.index.embedder.signature.split("|")[0]).set(1)
        for what, count in manifest.counts.items():
            self._held.labels(what).set(count)
