"""How other systems hear of what happens in the shop: the outbox, events, and webhooks that carry them.

An event is written down in the transaction of what it tells of (`record`, or a trigger), told under the object's
representation (`fan_out`), and sent to the endpoints that want it (`relay`), or read by who asks (`events`).
"""
