"""What tests stand on: databases, brokers, servers. Nothing here asserts anything."""
