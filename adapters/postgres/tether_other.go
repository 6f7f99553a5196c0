//go:build !linux

package postgres

import "syscall"

// tether does nothing: here a server outlives a process that is killed, and the
// next one to start finds its folder in use.
func tether(*syscall.SysProcAttr) {}
