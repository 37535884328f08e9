"""What bin/dev runs: broker, payments simulator, migrations, web and worker, watched together."""
