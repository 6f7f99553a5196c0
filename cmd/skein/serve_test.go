package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/domain/installation"
)

type seen struct {
	ID       string
	Name     string
	Fields   map[string]string
	Tags     []string
	Contacts []seen
}

// The story of the README: create, merge, unmerge, replay, rebuild; and all of it
// is there again after a stop and a start.
func TestStory(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	var ada, lord, got seen
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Ada","email":"ada@example.org"}}`, &ada)
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Augusta","last_name":"Lovelace"},"tags":["vip"]}`, &lord)
	at := s.ask(http.MethodPost, lab+"/contacts/"+ada.ID+"/merge", fmt.Sprintf(`{"absorb":%q,"choices":{"first_name":"absorbed"}}`, lord.ID), nil)
	s.see(lab+"/contacts/"+ada.ID, at, &got)
	want := seen{ID: ada.ID, Name: "Augusta Lovelace", Tags: []string{"vip"}, Fields: map[string]string{
		"first_name": "Augusta", "last_name": "Lovelace", "email": "ada@example.org",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("merged otherwise (-want +got):\n%s", diff)
	}
	at = s.ask(http.MethodPost, lab+"/contacts/"+lord.ID+"/unmerge", `{}`, nil)

	for _, what := range []string{"contacts", "spaces", "mailboxes", "credentials"} {
		if out := s.skein("rebuild", what); !strings.Contains(out, what+" rebuilt") {
			t.Errorf("rebuild said %s", out)
		}
	}
	told := s.skein("replay", lord.ID)
	for _, line := range []string{"contact.created", "contact.merged", `(part of ` + ada.ID + `)`, "contact.unmerged", `last_name="Lovelace" #vip`} {
		if !strings.Contains(told, line) {
			t.Errorf("the replay lacks %q:\n%s", line, told)
		}
	}
	if told = s.skein("replay", lord.ID, "--at", "1"); told != "" {
		t.Errorf("before everything the replay tells\n%s", told)
	}
	if took := s.stop(syscall.SIGINT); took > 10*time.Second || s.process.ProcessState.ExitCode() != 0 {
		t.Errorf("Ctrl-C took %v and ended with %v:\n%s", took, s.process.ProcessState, s.said)
	}

	again := start(t, s.data)
	if again.token != "" {
		t.Error("the second start issued a token")
	}
	again.token = strings.TrimSpace(again.skein("token"))
	got = seen{}
	again.see(lab+"/contacts", at, &got)
	names := []string{}
	for _, c := range got.Contacts {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"Ada", "Augusta Lovelace"}, names); diff != "" {
		t.Errorf("after the second start (-want +got):\n%s", diff)
	}
}

// Two servers cannot share a data folder, and the first one does not mind.
func TestOneServerPerFolder(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	var out bytes.Buffer
	err := run(context.Background(), []string{"serve", "--data", s.data, "--listen", "127.0.0.1:0"}, &out, &out)
	if !errors.Is(err, errRunning) {
		t.Errorf("a second server: %v", err)
	}
	s.space("Lab")
}

// A journal goes with the key it was begun with: without it identifiers would not
// be unique any more, and passwords would not open.
func TestOtherKey(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	s.space("Lab")
	s.stop(syscall.SIGTERM)
	keys := filepath.Join(s.data, "keys")
	if err := os.Rename(keys, keys+".away"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := run(t.Context(), []string{"serve", "--data", s.data, "--listen", "127.0.0.1:0"}, &out, &out)
	if !errors.Is(err, installation.ErrOtherKey) {
		t.Errorf("served with another key: %v", err)
	}
	if err := os.Rename(keys+".away", keys); err != nil {
		t.Fatal(err)
	}
	start(t, s.data)
}

// What only looks at an installation makes none, and says where there is none.
func TestNoInstallation(t *testing.T) {
	t.Parallel()
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, args := range [][]string{{"token"}, {"rebuild"}, {"replay", "ada"}} {
		var out bytes.Buffer
		err := run(t.Context(), append(args, "--data", nowhere), &out, &out)
		if err == nil || !strings.Contains(err.Error(), "there is no installation in "+nowhere) {
			t.Errorf("%v: %v", args, err)
		}
		if _, err := os.Stat(nowhere); !os.IsNotExist(err) {
			t.Errorf("%v made something: %v", args, err)
		}
	}
}

// What cannot work is said at once, with what to do.
func TestServeRefused(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for want, args := range map[string][]string{
		"SKEIN_LISTEN": {"--listen", taken.Addr().String()},
		"key":          {"--listen", "127.0.0.1:0", "--key", "c2hvcnQ="},
	} {
		var out bytes.Buffer
		data := t.TempDir()
		err := run(t.Context(), append([]string{"serve", "--data", data}, args...), &out, &out)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
		if _, err := os.Stat(filepath.Join(data, "journal")); !os.IsNotExist(err) {
			t.Errorf("%v: something was started: %v", args, err)
		}
	}
}
