"""Two oracles made from the installed `stripe` package, which is a contract of exactly one API
version.

`requests` says whether parameters are ones that Stripe documents; `responses` says whether an
object looks like one that Stripe sends. Neither has a hand-written schema.
"""
