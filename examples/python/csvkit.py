"""csvkit for Python: the values of CSV files, their findings, and clean copies of them.

    import csvkit
    for record in csvkit.records('orders.csv', delimiter=';'):
        print(record)                       # a list of str; [] for an empty line
    report = csvkit.validate('orders.csv', profile='keboola')
    if not report['valid']:
        account = csvkit.normalize('orders.csv', 'clean.csv', rejects='rejects.csv')

Options are those of the command line, with _ for - (csvkit/simple/simple.h lists them); True gives
one without a value. Failures are csvkit.Error. Everything goes through calls with plain arguments,
so no layout of a C struct is repeated here except that of a pointer with a length.

The shared library is looked for where CSVKIT_LIBRARY says, and else by its name. Beside it lies
libcsvkit-extra, for compressed files, gzip and verify; it may be missing as long as nobody wants
these.
"""
import ctypes
import json
import os

OK, END, USAGE = 0, 1, -4
WHY = 1024  # bytes of the text of a failure


class Error(Exception):
    """What could not be done, in one line; `status` is one of enum csvk_status (basics.h)."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class _Bytes(ctypes.Structure):  # struct csvk_bytes
    _fields_ = [('ptr', ctypes.c_void_p), ('len', ctypes.c_size_t)]


def _load():
    path = os.environ.get('CSVKIT_LIBRARY', 'libcsvkit.so.0')
    core = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
    folder, name = os.path.split(path)
    try:
        extra = ctypes.CDLL(os.path.join(folder, name.replace('libcsvkit', 'libcsvkit-extra')))
    except OSError:
        extra = None
    if extra is not None:
        extra.csvk_use_decoders()
        extra.csvk_use_gzip()
        extra.csvk_use_libcsv()
        extra.csvk_use_encodings()
        extra.csvk_use_file_kinds()
        extra.csvk_use_clusters()
    texts, text, size = ctypes.POINTER(ctypes.c_char_p), ctypes.c_char_p, ctypes.c_size_t
    json_text = ctypes.POINTER(ctypes.c_void_p)
    core.csvk_rows_open.argtypes = [ctypes.POINTER(ctypes.c_void_p), text, texts, text, size]
    core.csvk_rows_next.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.POINTER(_Bytes)),
                                    ctypes.POINTER(size), text, size]
    core.csvk_rows_free.argtypes = [ctypes.c_void_p]
    core.csvk_rows_free.restype = None
    core.csvk_validate_path.argtypes = [text, texts, json_text, text, size]
    core.csvk_normalize_path.argtypes = [text, text, texts, json_text, text, size]
    core.csvk_free.argtypes = [ctypes.c_void_p]
    core.csvk_free.restype = None
    core.csvk_version.restype = text
    return core


_library = _load()
version = _library.csvk_version().decode()


def _settings(options):
    """The options as a list of texts that NULL ends. None and False: not given."""
    given = []
    for name, value in options.items():
        name = name.replace('_', '-')
        if isinstance(value, (list, tuple)):
            value = ','.join(value)
        if value is True:
            given.append(os.fsencode(name))
        elif value is not None and value is not False:
            given.append(os.fsencode(f'{name}={value}'))
    return (ctypes.c_char_p * (len(given) + 1))(*given, None)


def _must(status, why):
    if status < 0:
        raise Error(status, why.value.decode('utf-8', 'replace'))
    return status


def records(path, **options):
    """The values of each record, the header included. The file is open until the iterator ends."""
    rows, why = ctypes.c_void_p(), ctypes.create_string_buffer(WHY)
    values, count = ctypes.POINTER(_Bytes)(), ctypes.c_size_t()
    _must(_library.csvk_rows_open(ctypes.byref(rows), os.fsencode(path), _settings(options), why,
                                  WHY), why)
    try:
        while _must(_library.csvk_rows_next(rows, ctypes.byref(values), ctypes.byref(count), why,
                                            WHY), why) != END:
            yield [ctypes.string_at(values[i].ptr, values[i].len).decode('utf-8', 'surrogateescape')
                   for i in range(count.value)]
    finally:
        _library.csvk_rows_free(rows)


def _account(call, *arguments):
    """Calls a function that answers JSON as its last argument but two; that text as a dictionary."""
    text, why = ctypes.c_void_p(), ctypes.create_string_buffer(WHY)
    _must(call(*arguments, ctypes.byref(text), why, WHY), why)
    try:
        return json.loads(ctypes.string_at(text.value))
    finally:
        _library.csvk_free(text)


def validate(path, **options):
    """The report of `csvkit validate --format=json`: "valid", "findings", "records", ..."""
    return _account(_library.csvk_validate_path, os.fsencode(path), _settings(options))


def normalize(path, output=None, **options):
    """Writes a clean table to `output`; the account of `csvkit normalize --format=json`."""
    return _account(_library.csvk_normalize_path, os.fsencode(path),
                    None if output is None else os.fsencode(output), _settings(options))
