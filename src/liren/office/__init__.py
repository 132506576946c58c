"""The desk: home, navigation and settings of community workers, secretary and officer."""
