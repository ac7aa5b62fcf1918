# nix build ./examples/packages, or as an input of another flake.
{
  description = "csvkit: RFC 4180 CSV validation and normalization";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.05";
  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      each = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
    in {
      packages = each (pkgs: {
        default = pkgs.stdenv.mkDerivation rec {
          pname = "csvkit-rfc4180";
          version = "0.1.0";
          src = ../..;
          nativeBuildInputs = [ pkgs.makeWrapper ];
          buildInputs = with pkgs; [
            zlib libdeflate isa-l cjson libcsv zstd xz bzip2 libuchardet utf8proc file curl openssl
          ];
          makeFlags = [ "PREFIX=${placeholder "out"}" ];
          # Decoders, encodings and HTTP are loaded when they are needed.
          postInstall = ''
            wrapProgram $out/bin/csvkit --prefix LD_LIBRARY_PATH : ${pkgs.lib.makeLibraryPath buildInputs}
            ln -s csvkit $out/bin/csvk
          '';
        };
      });
    };
}
