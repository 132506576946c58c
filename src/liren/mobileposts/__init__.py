"""Mobile posts 流动哨所: couriers, drivers, cleaners, shopkeepers who tell what they see."""
