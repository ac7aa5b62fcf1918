// slicer.go - a slicer that works as the platform's own, for comparison: Go, one pass, pgzip.
//
//	slicer LEVEL BYTES_PER_SLICE TABLE.csv OUT_DIRECTORY        (level -1: no gzip)
//
// What it has in common with the original, by the source of that one (keboola/processor-split-table):
// the file is read ahead in blocks of 1 MiB, which go through a pipe to a bufio.Scanner with 8 MiB
// at first and 50 MiB at most; a state is toggled at every enclosure and a row ends at a line feed
// outside; the header is taken off; each row goes straight to klauspost's pgzip, whose blocks of
// 2 MiB are made by as many goroutines as there are processors (GOMAXPROCS); writers are used again
// for the next slice, which begins when a row would make the open one larger than it may be. It
// judges nothing and writes no manifest. Left out: progress, logs, collecting garbage on purpose.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/klauspost/pgzip"
)

const (
	mebibyte    = 1 << 20
	aheadBlocks = 16
	firstBuffer = 8 * mebibyte
	largestRow  = 50 * mebibyte
	gzipBlock   = 2 * mebibyte
	plainBuffer = 20 * mebibyte
	enclosure   = '"'
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "slicer:", err)
		os.Exit(1)
	}
}

// readAhead has the blocks read by one goroutine and written to a pipe by another.
func readAhead(in io.Reader) io.Reader {
	idle, full := make(chan []byte, aheadBlocks), make(chan []byte, aheadBlocks)
	for i := 0; i < aheadBlocks; i++ {
		idle <- make([]byte, mebibyte)
	}
	go func() {
		defer close(full)
		for block := range idle {
			n, err := io.ReadFull(in, block[:mebibyte])
			if n > 0 {
				full <- block[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	out, pipe := io.Pipe()
	go func() {
		for block := range full {
			_, err := pipe.Write(block)
			check(err)
			idle <- block
		}
		check(pipe.Close())
	}()
	return out
}

// splitRow makes a bufio.SplitFunc.
func splitRow(enclosure byte) bufio.SplitFunc {
	return func(text []byte, atEnd bool) (int, []byte, error) {
		inside := false
		for i, c := range text {
			switch c {
			case '\n':
				if !inside {
					return i + 1, text[:i+1], nil
				}
			case enclosure:
				inside = !inside
			}
		}
		if atEnd && len(text) > 0 {
			return len(text), text, nil
		}
		return 0, nil, nil
	}
}

// slicer takes rows; file is nil before the first one.
type slicer struct {
	directory string
	level     int
	most      int64
	count     int
	rows      int64
	bytes     int64
	file      *os.File
	gzip      *pgzip.Writer
	plain     *bufio.Writer
	out       io.Writer
}

func newSlicer(directory string, level int, most int64) *slicer {
	s := &slicer{directory: directory, level: level, most: most}
	if level < 0 {
		s.plain = bufio.NewWriterSize(nil, plainBuffer)
		s.out = s.plain
		return s
	}
	var err error
	s.gzip, err = pgzip.NewWriterLevel(nil, level)
	check(err)
	check(s.gzip.SetConcurrency(gzipBlock, runtime.GOMAXPROCS(0)))
	s.out = s.gzip
	return s
}

func (s *slicer) open() {
	s.count++
	s.rows, s.bytes = 0, 0
	var err error
	s.file, err = os.Create(filepath.Join(s.directory, fmt.Sprintf("part%04d.gz", s.count)))
	check(err)
	if s.gzip != nil {
		s.gzip.Reset(s.file)
	} else {
		s.plain.Reset(s.file)
	}
}

func (s *slicer) close() {
	if s.file == nil {
		return
	}
	if s.gzip != nil {
		check(s.gzip.Close())
	} else {
		check(s.plain.Flush())
	}
	check(s.file.Close())
}

func (s *slicer) write(row []byte) {
	if s.file == nil || (s.rows > 0 && s.bytes+int64(len(row)) > s.most) {
		s.close()
		s.open()
	}
	_, err := s.out.Write(row)
	check(err)
	s.rows++
	s.bytes += int64(len(row))
}

func (s *slicer) run(in io.Reader) {
	scanner := bufio.NewScanner(readAhead(in))
	scanner.Buffer(make([]byte, firstBuffer), largestRow)
	scanner.Split(splitRow(enclosure))
	scanner.Scan() // the header
	for scanner.Scan() {
		s.write(scanner.Bytes())
	}
	check(scanner.Err())
	s.close()
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: slicer LEVEL BYTES_PER_SLICE TABLE.csv DIRECTORY")
		os.Exit(2)
	}
	level, err := strconv.Atoi(os.Args[1])
	check(err)
	most, err := strconv.ParseInt(os.Args[2], 10, 64)
	check(err)
	in, err := os.Open(os.Args[3])
	check(err)
	check(os.MkdirAll(os.Args[4], 0o777))
	newSlicer(os.Args[4], level, most).run(in)
}
