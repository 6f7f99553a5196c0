package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// imports imports contacts from a file.
type imports struct {
	File   string   `arg:"" help:"CSV file with a header line, or - for standard input."`
	Space  string   `required:"" env:"SKEIN_SPACE" help:"Id of the space."`
	Server string   `env:"SKEIN_SERVER" default:"http://127.0.0.1:8080" help:"Where the API is."`
	Token  string   `required:"" env:"SKEIN_TOKEN" help:"Access token."`
	Map    []string `env:"SKEIN_MAP" placeholder:"COLUMN:FIELD" help:"Column of the file and the field it is taken for. Columns that are called like a field need no mapping."`
	Ignore []string `env:"SKEIN_IGNORE" placeholder:"COLUMN" help:"Column to leave out."`
	Tag    []string `env:"SKEIN_TAG" help:"Tag that every imported contact gets."`
}

// answer is a line of what the API answers to an import.
type answer struct {
	Row      int      `json:"row"`
	Error    *problem `json:"error"`
	Progress *tally   `json:"progress"`
	Done     *tally   `json:"done"`
}

type tally struct {
	Rows     int    `json:"rows"`
	Created  int    `json:"created"`
	Refused  int    `json:"refused"`
	Position uint64 `json:"position"`
}

type problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Field  string `json:"field"`
}

// Run sends the file as it is read and says of each refused row why.
func (cmd imports) Run(ctx context.Context, s *settings) error {
	var file io.ReadCloser = io.NopCloser(os.Stdin)
	size := int64(-1)
	if cmd.File != "-" {
		opened, err := os.Open(cmd.File)
		if err != nil {
			return err
		}
		defer opened.Close()
		if info, err := opened.Stat(); err == nil {
			size = info.Size()
		}
		file = opened
	}
	bar := s.bar(size, "importing")
	defer bar.done()
	query := url.Values{"map": cmd.Map, "ignore": cmd.Ignore, "tag": cmd.Tag}
	at := strings.TrimRight(cmd.Server, "/") + "/v1/spaces/" + url.PathEscape(cmd.Space) + "/contacts/import?" + query.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, &counted{Reader: file, bar: bar})
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+cmd.Token)
	r.Header.Set("Content-Type", "text/csv")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var p problem
		if err := json.NewDecoder(response.Body).Decode(&p); err != nil {
			return fmt.Errorf("the server answers %s", response.Status)
		}
		return fmt.Errorf("%s (%s)", p.Detail, p.Code)
	}
	return cmd.report(s, response.Body)
}

func (cmd imports) report(s *settings, body io.Reader) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return fmt.Errorf("unreadable answer: %w", err)
		}
		switch {
		case a.Done != nil:
			fmt.Fprintf(s.out, "%d rows: %d contacts created, %d rows refused; shown from position %d on\n",
				a.Done.Rows, a.Done.Created, a.Done.Refused, a.Done.Position)
			return nil
		case a.Error != nil && a.Row > 0:
			fmt.Fprintf(s.err, "row %d: %s (%s)\n", a.Row, a.Error.Detail, a.Error.Code)
		case a.Error != nil:
			var done tally
			if a.Progress != nil {
				done = *a.Progress
			}
			return fmt.Errorf("%s (%s); of %d rows before that %d became contacts, which stay", a.Error.Detail, a.Error.Code, done.Rows, done.Created)
		}
	}
	return errors.Join(lines.Err(), errors.New("the server broke off; what was created before stays"))
}

// counted is a reader whose bar moves as it is read.
type counted struct {
	io.Reader
	bar  bar
	read int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	c.bar.reach(c.read)
	return n, err
}
