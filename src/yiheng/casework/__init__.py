"""People's work: who may see what, and the journal of every act."""
