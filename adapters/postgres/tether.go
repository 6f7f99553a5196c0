package postgres

import (
	"os/exec"
	"runtime"
)

// tethered runs a command to its end, which on Linux is at the latest when our
// process ends, however that comes about. What Linux watches is the thread that
// started the command, so that thread is kept until the command has ended.
func tethered(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	tether(cmd.SysProcAttr)
	return cmd.Run()
}
