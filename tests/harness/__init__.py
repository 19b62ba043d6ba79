# SPDX-License-Identifier: Apache-2.0
"""The real parts, started and stopped for tests and for the demo: directory, printers, relay, scouts."""
