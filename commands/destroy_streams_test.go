package commands_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"skein/commands"
)

// Every kind of stream that lies in a space is known to its destruction, and so is
// whoever adds one.
func TestDestroyKnowsAllStreams(t *testing.T) {
	t.Parallel()
	apart := []string{
		"organization", "audit", "invitation", // what outlives a space
		"space", "credential", // found by their ids; see Destroy
	}
	found := 0
	err := filepath.WalkDir("../domain", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if named, ok := call.Fun.(*ast.SelectorExpr); !ok || named.Sel.Name != "StreamOf" {
				return true
			}
			found++
			category := strings.Trim(call.Args[0].(*ast.BasicLit).Value, `"`)
			if !slices.Contains(apart, category) && !slices.Contains(commands.Within("lab"), category+"-lab.") {
				t.Errorf("%s: streams %s-… are not known to the destruction of a space", path, category)
			}
			return true
		})
		return nil
	})
	if err != nil || found < len(apart)+5 {
		t.Errorf("found %d kinds of streams, %v", found, err)
	}
}
