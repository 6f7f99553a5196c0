package commands

// Forget sees to it that nothing is told any more as it was read before: something was taken
// out of histories, maybe by another process.
func (h *Handler) Forget() {
	h.taken.Add(1)
	h.shelf.clear()
	h.pasts.clear()
}
