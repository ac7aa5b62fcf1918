// slicer.go - a slicer like the platform's own, for comparison: Go, one pass, pgzip.
//
//	slicer rows|runs LEVEL BYTES_PER_SLICE TABLE.csv OUT_DIRECTORY        (level -1: no gzip)
//
// What it has in common with the original, by the description of that one: a state is toggled at
// every enclosure and a row ends at a line feed outside, the header is taken off, a slice takes
// whole rows up to a number of bytes of text, gzip is klauspost's in blocks of 2 MiB made by as
// many goroutines as there are processors (GOMAXPROCS), buffers have 20 MB. It judges nothing and
// writes no manifest.
//
// "rows" looks at every byte and hands on row by row, as bufio.Scanner has it. "runs" is a stronger
// peer than was ever described: rows are found by IndexByte and Count, vector code both, and runs
// of rows are handed on at once.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/klauspost/pgzip"
)

const (
	bufferSize = 20 << 20
	writeSize  = 1 << 20
	blockSize  = 2 << 20
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "slicer:", err)
		os.Exit(1)
	}
}

// slicer takes rows; file is nil between two slices.
type slicer struct {
	directory string
	level     int
	most      int64
	count     int
	bytes     int64
	file      *os.File
	gzip      *pgzip.Writer
	to        *bufio.Writer
	hasHeader bool // the next row is the header
}

func (s *slicer) open() {
	s.count++
	s.bytes = 0
	var err error
	s.file, err = os.Create(filepath.Join(s.directory, fmt.Sprintf("part%04d.gz", s.count)))
	check(err)
	var to io.Writer = s.file
	if s.level >= 0 {
		s.gzip, err = pgzip.NewWriterLevel(s.file, s.level)
		check(err)
		check(s.gzip.SetConcurrency(blockSize, runtime.GOMAXPROCS(0)))
		to = s.gzip
	}
	s.to = bufio.NewWriterSize(to, writeSize)
}

func (s *slicer) close() {
	if s.file == nil {
		return
	}
	check(s.to.Flush())
	if s.gzip != nil {
		check(s.gzip.Close())
	}
	check(s.file.Close())
	s.file, s.gzip = nil, nil
}

// write takes whole rows and begins a slice when the open one has no room for them.
func (s *slicer) write(rows []byte) {
	if len(rows) == 0 {
		return
	}
	if s.file != nil && s.bytes+int64(len(rows)) > s.most {
		s.close()
	}
	if s.file == nil {
		s.open()
	}
	s.bytes += int64(len(rows))
	_, err := s.to.Write(rows)
	check(err)
}

// splitRow is a bufio.SplitFunc.
func splitRow(text []byte, atEnd bool) (int, []byte, error) {
	inside := false
	for i, c := range text {
		if c == '"' {
			inside = !inside
		} else if c == '\n' && !inside {
			return i + 1, text[:i+1], nil
		}
	}
	if atEnd && len(text) > 0 {
		return len(text), text, nil
	}
	return 0, nil, nil
}

// splitRun takes as many whole rows as are there; the header comes alone.
func splitRun(hasHeader *bool) bufio.SplitFunc {
	return func(text []byte, atEnd bool) (int, []byte, error) {
		end, inside := 0, false
		for at := 0; ; {
			n := bytes.IndexByte(text[at:], '\n')
			if n < 0 {
				break
			}
			inside = inside != (bytes.Count(text[at:at+n], []byte{'"'})%2 == 1)
			at += n + 1
			if !inside {
				end = at
			}
			if !inside && (*hasHeader || at >= writeSize) {
				break
			}
		}
		switch {
		case end > 0:
			return end, text[:end], nil
		case atEnd && len(text) > 0:
			return len(text), text, nil
		default:
			return 0, nil, nil
		}
	}
}

func (s *slicer) run(in io.Reader, split bufio.SplitFunc) {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(make([]byte, bufferSize), bufferSize)
	scanner.Split(split)
	for scanner.Scan() {
		if s.hasHeader {
			s.hasHeader = false
			continue
		}
		s.write(scanner.Bytes())
	}
	check(scanner.Err())
	s.close()
}

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: slicer rows|runs LEVEL BYTES_PER_SLICE TABLE.csv DIRECTORY")
		os.Exit(2)
	}
	level, err := strconv.Atoi(os.Args[2])
	check(err)
	most, err := strconv.ParseInt(os.Args[3], 10, 64)
	check(err)
	in, err := os.Open(os.Args[4])
	check(err)
	check(os.MkdirAll(os.Args[5], 0o777))
	s := slicer{directory: os.Args[5], level: level, most: most, hasHeader: true}
	split := splitRow
	if os.Args[1] == "runs" {
		split = splitRun(&s.hasHeader)
	}
	s.run(in, split)
}
