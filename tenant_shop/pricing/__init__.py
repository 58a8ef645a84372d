"""What a buyer pays and how many they may order: groups of customers, their price lists, rules of quantity."""
