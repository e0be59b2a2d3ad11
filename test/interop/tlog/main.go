// Verifies a C2SP tile log with Go's own x/mod sumdb/tlog and note: an implementation that shares no code with ours.
// Usage: tlogcheck FOLDER VKEY OLDERSIZE OLDERROOT INDEX...
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type reader struct{ folder string }

func (r reader) Height() int { return 8 }

// C2SP paths are those of x/mod without the tile height.
func (r reader) path(t tlog.Tile) string {
	return filepath.Join(r.folder, strings.Replace(t.Path(), "tile/8/", "tile/", 1))
}

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, t := range tiles {
		d, err := os.ReadFile(r.path(t))
		if err != nil {
			return nil, err
		}
		data = append(data, d)
	}
	return data, nil
}

func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// entry reads an entry from its bundle, which x/mod calls the tile at level -1.
func (r reader) entry(index, size int64) []byte {
	w := size - index/256*256
	if w > 256 {
		w = 256
	}
	path := r.path(tlog.Tile{H: 8, L: -1, N: index / 256, W: int(w)})
	d, err := os.ReadFile(strings.Replace(path, "tile/data/", "tile/entries/", 1))
	must(err)
	for i := int64(0); ; i++ {
		n := int(binary.BigEndian.Uint16(d))
		if i == index%256 {
			return d[2 : 2+n]
		}
		d = d[2+n:]
	}
}

func main() {
	r := reader{os.Args[1]}
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	text, err := os.ReadFile(filepath.Join(r.folder, "checkpoint"))
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], rootBytes)
	hashes := tlog.TileHashReader(tree, r)
	for _, arg := range os.Args[5:] {
		index, err := strconv.ParseInt(arg, 10, 64)
		must(err)
		proof, err := tlog.ProveRecord(size, index, hashes)
		must(err)
		must(tlog.CheckRecord(proof, size, tree.Hash, index, tlog.RecordHash(r.entry(index, size))))
	}
	older, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err)
	olderBytes, err := base64.StdEncoding.DecodeString(os.Args[4])
	must(err)
	var olderHash tlog.Hash
	copy(olderHash[:], olderBytes)
	proof, err := tlog.ProveTree(size, older, hashes)
	must(err)
	must(tlog.CheckTree(proof, size, tree.Hash, older, olderHash))
	fmt.Printf("ok %s %d\n", lines[0], size)
}
