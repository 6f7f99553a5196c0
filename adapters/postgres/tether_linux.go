package postgres

import "syscall"

// tether has a process be asked to stop when the thread that started it ends.
func tether(attr *syscall.SysProcAttr) {
	attr.Pdeathsig = syscall.SIGINT
}
