// Command skein keeps the contacts of organizations, and never loses the thread:
// everything that happens is kept in a journal, and all that people see is told
// from there.
//
// One file is one subcommand; house.go is how the parts are put together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // whoever asks again does not want to wait
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "skein:", err)
		os.Exit(1)
	}
}

// cli is everything that can be typed. Each flag is an environment variable too.
type cli struct {
	settings

	Log *slog.Level `name:"log-level" env:"SKEIN_LOG_LEVEL" placeholder:"LEVEL" help:"What is logged: debug, info, warn or error. Not set: info when serving, else warn."`

	Serve       serve       `cmd:"" help:"Run everything: the API, what follows the journal, and what is not given elsewhere (event node, Postgres)."`
	Import      imports     `cmd:"" help:"Import contacts from a CSV file into a space, through the API of a server that runs."`
	Replay      replay      `cmd:"" help:"Tell a contact's history from the journal alone: every event, who and when, and the contact after it."`
	Audit       audits      `cmd:"" help:"Find out whether everything is as it was recorded."`
	Rebuild     rebuild     `cmd:"" help:"Fill read models anew from the journal, beside those in use, and swap them."`
	Token       token       `cmd:"" help:"Issue an access token. It is shown once; only its hash is kept."`
	Invite      invite      `cmd:"" help:"Invite somebody to found an organization. The code is shown once; only its hash is kept."`
	ImportSpace importSpace `cmd:"" help:"Make a new space of the archive of another one, as GET /v1/organizations/{organization}/spaces/{space}/export gives it."`
	Node        node        `cmd:"" help:"Run the event node alone, or work on its folder: scavenge, back up, verify, export, import."`
	Version     version     `cmd:"" help:"Say which version this is."`
	Bench       bench       `cmd:"" hidden:"" help:"Measure this tree beside the limits of this machine."`
}

// settings are what all subcommands share.
type settings struct {
	Data       string     `env:"SKEIN_DATA" default:"data" type:"path" help:"Folder of all data that is not kept elsewhere. Made when missing."`
	EventStore string     `name:"eventstore" env:"EVENTSTORE" placeholder:"esdb://…" help:"An EventStoreDB or KurrentDB. Not set: an event node in the data folder."`
	Postgres   string     `env:"POSTGRES" placeholder:"postgres://…" help:"A Postgres database. Not set: a server in the data folder, over a unix socket."`
	Key        string     `env:"SKEIN_KEY" placeholder:"BASE64" help:"Master keys, 32 random bytes each, the newest first. Not set: the file keys in the data folder."`
	LogLevel   slog.Level `kong:"-"`

	serving  bool // this is the server of the data folder
	out, err io.Writer
}

func (s *settings) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: s.LogLevel}))
}

// errHelp ends a run that only had to print something.
var errHelp = errors.New("help was printed")

// run is the program, for main and for tests.
func run(ctx context.Context, args []string, out, stderr io.Writer) (err error) {
	c := &cli{settings: settings{out: out, err: stderr}}
	parser, err := kong.New(c,
		kong.Name("skein"),
		kong.Description("Skein keeps contacts, winds them together and unwinds them again by replaying what happened.\n\nStart with: skein serve"),
		kong.Writers(out, stderr), kong.UsageOnError(), kong.Vars{"version": about(), "first": string(firstOrganization)},
		kong.Exit(func(int) { panic(errHelp) }),
	)
	if err != nil {
		return err
	}
	defer func() {
		if r := recover(); r == error(errHelp) {
			err = nil
		} else if r != nil {
			panic(r)
		}
	}()
	asked, err := parser.Parse(args)
	if err != nil {
		return err
	}
	switch {
	case c.Log != nil:
		c.LogLevel = *c.Log
	case asked.Command() != "serve" && asked.Command() != "node run":
		c.LogLevel = slog.LevelWarn
	}
	asked.BindTo(ctx, (*context.Context)(nil))
	return asked.Run(&c.settings)
}

type version struct{}

// Run says which version this is.
func (version) Run(s *settings) error {
	_, err := fmt.Fprintln(s.out, about())
	return err
}

func about() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "skein"
	}
	revision, at := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = " " + s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			at = " of " + s.Value
		}
	}
	return "skein " + info.Main.Version + revision + at + " (" + info.GoVersion + ")"
}
