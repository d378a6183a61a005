"""What the commands share: finding and asking the hub, options that every command has, output, errors."""
