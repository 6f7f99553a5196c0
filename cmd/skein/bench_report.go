package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// report is what was found, and what disturbed the finding of it.
type report struct {
	Findings []*finding    `json:"findings"`
	Rounds   []disturbance `json:"rounds"`

	row string // that is being measured
}

// finding is one line of the table, with a figure for each round.
type finding struct {
	Row   string    `json:"row"`
	What  string    `json:"what"`
	Unit  string    `json:"unit"`
	Ours  []float64 `json:"ours"`
	Limit []float64 `json:"limit,omitempty"` // in the same rounds
	Goals []goal    `json:"goals,omitempty"`
}

// note adds the figures of a round. A limit of zero means that there is none.
func (r *report) note(what, unit string, ours, limit float64, goals ...goal) {
	i := slices.IndexFunc(r.Findings, func(f *finding) bool { return f.Row == r.row && f.What == what && f.Unit == unit })
	if i < 0 {
		i = len(r.Findings)
		r.Findings = append(r.Findings, &finding{Row: r.row, What: what, Unit: unit, Goals: goals})
	}
	f := r.Findings[i]
	f.Ours = append(f.Ours, ours)
	if limit != 0 {
		f.Limit = append(f.Limit, limit)
	}
}

// ratios are our figures in parts of the limit's, round by round.
func (f *finding) ratios() (ratios []float64) {
	for i := range f.Limit {
		ratios = append(ratios, f.Ours[i]/f.Limit[i])
	}
	return ratios
}

// goal is a bound that a median keeps: that of the ratios or of our figures.
type goal struct {
	Ratio bool    `json:"ratio,omitempty"`
	Least float64 `json:"at_least,omitempty"`
	Most  float64 `json:"at_most,omitempty"`
}

func atLeast(figure float64) goal     { return goal{Least: figure} }
func atMost(figure float64) goal      { return goal{Most: figure} }
func atLeastTimes(ratio float64) goal { return goal{Ratio: true, Least: ratio} }
func atMostTimes(ratio float64) goal  { return goal{Ratio: true, Most: ratio} }

// of tells the goal and whether it is kept.
func (g goal) of(f *finding) string {
	figures, unit := f.Ours, " "+f.Unit
	if g.Ratio {
		figures, unit = f.ratios(), "×"
	}
	sign, bound, kept := "≤ ", g.Most, median(figures) <= g.Most
	if g.Least > 0 {
		sign, bound, kept = "≥ ", g.Least, median(figures) >= g.Least
	}
	verdict := " NO"
	if kept {
		verdict = " yes"
	}
	return sign + strconv.FormatFloat(bound, 'f', -1, 64) + unit + verdict
}

// print prints the report as JSON, or as a table in Markdown.
func (r *report) print(out io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	if len(r.Findings) == 0 {
		return nil
	}
	lines := [][]string{{"row", "measured", "figure (min–max)", "limit", "ratio (min–max)", "goal"}, {"-", "-", "-", "-", "-", "-"}}
	for _, f := range r.Findings {
		line := []string{f.Row, f.What, spread(f.Ours) + " " + f.Unit, "", "", ""}
		if len(f.Limit) > 0 {
			line[3], line[4] = short(median(f.Limit))+" "+f.Unit, spread(f.ratios())
		}
		var goals []string
		for _, g := range f.Goals {
			goals = append(goals, g.of(f))
		}
		line[5] = strings.Join(goals, ", ")
		lines = append(lines, line)
	}
	_, err := fmt.Fprintf(out, "%s\n%s", table(lines), stolen(r.Rounds))
	return err
}

// table is lines in Markdown, their columns one below the other. A line of dashes
// parts the heads from the rest.
func table(lines [][]string) string {
	var text strings.Builder
	for _, line := range lines {
		for i, cell := range line {
			width := 0
			for _, other := range lines {
				width = max(width, utf8.RuneCountInString(other[i]))
			}
			pad := " "
			if cell == "-" {
				pad = "-"
			}
			text.WriteString("| " + cell + strings.Repeat(pad, width-utf8.RuneCountInString(cell)) + " ")
		}
		text.WriteString("|\n")
	}
	return text.String()
}

// spread is a median with the least and the most.
func spread(figures []float64) string {
	return short(median(figures)) + " (" + short(slices.Min(figures)) + "–" + short(slices.Max(figures)) + ")"
}

func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}

// short is a figure in as many digits as say something.
func short(figure float64) string {
	switch {
	case figure == 0:
		return "0"
	case figure < 1:
		return fmt.Sprintf("%.3f", figure)
	case figure < 10:
		return fmt.Sprintf("%.2f", figure)
	case figure < 100:
		return fmt.Sprintf("%.1f", figure)
	}
	return fmt.Sprintf("%.0f", figure)
}
