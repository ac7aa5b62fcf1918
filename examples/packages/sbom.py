"""What a build of csvkit consists of, as CycloneDX 1.5: sbom.py PROGRAM VERSION [FOLDER]. Libraries
that it is linked with, and those that it loads at need, with the versions of the Debian packages
here; with FOLDER all that were copied into it, whose licences are put into FOLDER/licences. Nothing in it depends on the time or the place of the build."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

LOADED = ['libzstd.so.1', 'liblzma.so.5', 'libbz2.so.1.0', 'libuchardet.so.0', 'libutf8proc.so.2',
          'libmagic.so.1', 'libcurl.so.4', 'libcrypto.so.3']
program, version = sys.argv[1:3]
bundle = sys.argv[3] if len(sys.argv) > 3 else None


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, 'LC_ALL': 'C'}).stdout


def keep_licence(package, owner):
    """A library's licence goes where the library goes."""
    text = f'/usr/share/doc/{owner.split(":")[0]}/copyright'
    if bundle and os.path.exists(text):
        os.makedirs(f'{bundle}/licences', exist_ok=True)
        shutil.copyfile(text, f'{bundle}/licences/{package}')


def package_of(path):
    """Source package and version; the file may be known by its name before or after /usr was
    merged."""
    for name in (path, os.path.realpath(path), re.sub('^/usr', '', os.path.realpath(path))):
        owner = output('dpkg-query', '-S', name).split(': ')[0]
        if owner:
            found = output('dpkg-query', '-W', '-f=${source:Package} ${Version}', owner).split(' ')
            keep_licence(found[0], owner)
            return found
    return [os.path.basename(path).split('.so')[0], 'unknown']


def component(name, path, scope):
    package, number = package_of(path)
    with open(path, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return {'type': 'library', 'name': package, 'version': number, 'scope': scope,
            'purl': f'pkg:deb/debian/{package}@{number}', 'bom-ref': name,
            'hashes': [{'alg': 'SHA-256', 'content': digest}],
            'properties': [{'name': 'file', 'value': name}]}


linked = dict(re.findall(r'(\S+) => (/\S+)', output('ldd', program)))
cache = dict(re.findall(r'^\t(\S+) \(.*\) => (\S+)$', output('/sbin/ldconfig', '-p'), re.M))
components = [component(name, path, 'required') for name, path in sorted(linked.items())]
components += [component(name, cache[name], 'optional') for name in LOADED if name in cache]
beside = sorted(set(os.listdir(bundle + '/lib')) & set(cache) - set(linked) - set(LOADED)) if bundle else []
components += [component(name, cache[name], 'optional') for name in beside]
json.dump({'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'version': 1,
           'metadata': {'component': {'type': 'application', 'name': 'csvkit', 'version': version,
                                      'licenses': [{'license': {'id': 'MIT'}}], 'bom-ref': 'csvkit'}},
           'components': components,
           'dependencies': [{'ref': 'csvkit', 'dependsOn': [c['bom-ref'] for c in components]}]},
          sys.stdout, indent=1)
print()
