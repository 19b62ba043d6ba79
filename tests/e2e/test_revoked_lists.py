# SPDX-License-Identifier: Apache-2.0
"""When a computer is revoked, its held jobs leave every list at once, also on screens that stand there."""
import json
import threading

from harness import panel, procs


def test_held_jobs_of_a_revoked_computer_leave_the_list_and_open_streams_at_once(site, people, mono, print_pdf, sign_in):
    lost, kept = site.workstation("lost-pc", "alice"), site.workstation("kept-pc", "alice")
    for pc in (lost, kept):
        print_pdf(pc)
    at = sign_in("alice", "mono")
    jobs = procs.wait_until("both jobs", lambda: (lambda js: len(js) == 2 and js)(at.waiting()))
    stream = panel.Panel(site, "mono")
    stream.cookie, said = at.cookie, []
    thread = threading.Thread(target=lambda: said.append(stream.call("GET", "/api/v1/events")))
    thread.start()
    nodes = {n["node"]: n for n in json.loads(site.command("nodes", "--json").stdout)["nodes"]}
    node = json.loads(lost.command("status", "--json", check=False).stdout)["node"]
    assert node in nodes
    site.command("revoke", node)
    left, = procs.wait_until("one job to be left", lambda: (lambda js: len(js) == 1 and js)(at.waiting()), timeout_s=3)
    gone, = {j["id"] for j in jobs} - {left["id"]}
    assert at.release(gone)[1]["refused"] == [{"id": gone, "error": "no-such-job"}]
    assert at.release(left["id"])[0] == 202
    at.wait_state(left["id"], "delivered")
    at.sign_out()
    thread.join(10)
    assert f'event: gone\ndata: {{"id":"{gone}"}}' in said[0][1]
