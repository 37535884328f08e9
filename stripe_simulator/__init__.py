"""A local stand-in for Stripe: the API the `stripe` package talks to, the hosted payment page and
webhooks.

Start it with `python -m stripe_simulator`, or inside a test with `running_simulator()`. What it
does and the control API under `/_sim/` are described in README.md.
"""

from stripe_simulator.server import RunningSimulator, running_simulator, start_in_thread

__all__ = ["RunningSimulator", "running_simulator", "start_in_thread"]
