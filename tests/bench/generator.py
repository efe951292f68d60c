"""The load, in a process of its own: `python -m tests.bench.generator` < plan > result.

A plan names the sockets, how they talk, and for how long. `echo`: send, wait for the echo, again.
`chat`: say, wait for the promise, again; what the other hears is counted and timed.
`connect`: come in, as often a second as it goes; `connect and catch up` reads the room as well.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid

from tests.bench.client import connect
from tests.bench.ground import cpu_seconds

TEXT = "Good morning doctor, the dizziness is better today, 130 over 85. 早上好"


class Load:
    def __init__(self, plan):
        self.plan = plan
        self.clients, self.started = [], {}
        self.done = self.delivered = 0
        self.latencies, self.waits = [], []
        self.running = False
        self.count = 0

    async def run(self):
        began = time.perf_counter()
        at_once = self.plan.get("at_once", 50)
        for start in range(0, len(self.plan["sockets"]), at_once):
            some = self.plan["sockets"][start : start + at_once]
            self.clients += await asyncio.gather(*(connect(one, self.heard) for one in some))
        if self.plan["mode"] == "idle":
            return await self.idle()
        self.opening = asyncio.Event()
        self.to_open = len(self.clients)
        for client in self.clients:
            self.open(client)
        await asyncio.wait_for(self.opening.wait(), 60)
        if self.plan["mode"].startswith("connect"):
            return {"per_second": len(self.clients) / (time.perf_counter() - began)}
        self.running = True
        spent = self.spent()
        began = time.perf_counter()
        if rate := self.plan.get("rate"):
            await self.at_rate(rate)
        else:
            for client in self.clients:
                self.say(client)
            await asyncio.sleep(self.plan["seconds"])
        self.running = False
        took = time.perf_counter() - began
        spent = self.spent() - spent
        done = self.done
        await asyncio.sleep(0.5)
        return {"per_second": done / took, "done": done, "delivered": self.delivered,
                "p99": percentile(self.latencies, 0.99), "p50": percentile(self.latencies, 0.5),
                "ack_p99": percentile(self.waits, 0.99), "cpu_us": spent / done * 1e6}  # fmt: skip

    def spent(self):
        """Seconds of processor time of the servers under load."""
        return sum(cpu_seconds(pid) for pid in {one["pid"] for one in self.plan["sockets"]})

    async def idle(self):
        print(json.dumps({"open": len(self.clients)}), flush=True)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, sys.stdin.readline)
        return {}

    async def at_rate(self, rate):
        end = time.perf_counter() + self.plan["seconds"]
        due, turn = time.perf_counter(), 0
        while (now := time.perf_counter()) < end:
            while due <= now:
                self.say(self.clients[turn % len(self.clients)])
                turn, due = turn + 1, due + 1 / rate
            await asyncio.sleep(max(0, due - time.perf_counter()))

    def open(self, client):
        client.prefix = f"{uuid.uuid4().hex[:20]}"
        if self.plan["mode"] in ("chat", "connect and catch up"):
            after = client.plan.get("after", 2**31 - 1)
            client.send(json.dumps({"type": "consult.open", "id": "open", "after": after,
                                    "encounter": client.plan["room"]}).encode())  # fmt: skip
        else:
            self.opened()

    def opened(self):
        self.to_open -= 1
        if not self.to_open:
            self.opening.set()

    def say(self, client):
        self.count += 1
        digits = f"{client.prefix}{self.count:012x}"
        key = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        frame = (
            f'{{"type":"consult.say","id":"{self.count}","encounter":"{client.plan["room"]}",'
            f'"client_id":"{key}","text":"{TEXT}"}}'
        )
        self.started[key] = client.began = time.perf_counter()
        client.send(frame.encode())

    def heard(self, client, payload):
        if payload.startswith(b'{"type":"consult.message"'):
            self.delivered += 1
            place = payload.find(b'"client_id":"') + 13
            began = self.started.pop(payload[place : place + 36].decode(), None)
            if began and self.running:
                self.latencies.append(time.perf_counter() - began)
            return
        if payload.startswith(b'{"type":"ok","id":"open"'):
            self.opened()
        elif self.running and b'"error"' not in payload[:20]:
            self.done += 1
            self.waits.append(time.perf_counter() - client.began)
            if not self.plan.get("rate"):
                self.say(client)
        elif self.running:
            raise RuntimeError(payload[:200])


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


if __name__ == "__main__":
    load = Load(json.loads(sys.stdin.readline()))
    print(json.dumps(asyncio.run(load.run())), flush=True)
