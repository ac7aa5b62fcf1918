# A formula of Homebrew on Linux. `url` and `sha256` are those of `make dist`.
class CsvkitRfc4180 < Formula
  desc "Checks, repairs and slices CSV files (RFC 4180)"
  homepage "https://example.org/csvkit"
  url "file:///path/of/dist/csvkit-0.1.0.tar.gz"
  sha256 "put here what sha256sum prints for that file"
  license "MIT"

  depends_on "cjson"
  depends_on "curl"
  depends_on "isa-l"
  depends_on "libcsv"
  depends_on "libdeflate"
  depends_on :linux
  depends_on "openssl@3"
  depends_on "uchardet"
  depends_on "utf8proc"
  depends_on "xz"
  depends_on "zstd"

  # Homebrew's csvkit is the Python one; its programs have other names.
  def install
    system "make", "PREFIX=#{prefix}", "install"
    bin.install_symlink "csvkit" => "csvk"
  end

  test do
    (testpath/"a.csv").write "id,name\r\n1,a\"b\r\n"
    assert_match "quote-in-unquoted-field", shell_output("#{bin}/csvkit validate a.csv", 1)
  end
end
