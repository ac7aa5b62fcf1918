"""Random tables of columns of many kinds, for models of what is told about them."""
import io


def number_value(rng):
    whole = rng.choice(['0', str(rng.randrange(1, 10)), str(rng.randrange(1, 10 ** rng.randrange(1, 39)))])
    part = rng.choice(['', '', '.' + str(rng.randrange(10 ** rng.randrange(1, 12))).zfill(rng.randrange(1, 5))])
    power = rng.choice(['', '', '', f'e{rng.choice(["", "-", "+"])}{rng.randrange(320)}'])
    return rng.choice(['', '-', '', '+']) + rng.choice(['', '', '', '0']) + whole + part + power


def kinds(rng):
    near = rng.randrange(-5, 5)
    return {
        'digits': lambda: str(rng.randrange(near, 300)),
        'key': lambda: str(rng.randrange(10 ** 9)),
        'money': lambda: f'{rng.gauss(0, 1000):.2f}'.replace('-0.00', '0.00'),
        'numbers': lambda: number_value(rng),
        'decimals': lambda: f'{rng.randrange(-9, 9)}.{rng.choice(["0", "5", "50", "500", "25"])}'.replace('-0.0', '0.0'),
        'word': lambda: rng.choice(['true', 'False', 'TRUE', 'tRuE', 'x']),
        'boolean': lambda: rng.choice(['true', 'false']),
        'date': lambda: f'{rng.randrange(1, 2200):04}-{rng.randrange(1, 14):02}-{rng.randrange(0, 32):02}',
        'day': lambda: f'20{rng.randrange(10, 30)}-0{rng.randrange(1, 10)}-{rng.randrange(10, 28)}',
        'moment': lambda: (f'2024-0{rng.randrange(1, 10)}-1{rng.randrange(10)}{rng.choice("T ")}'
                           f'{rng.randrange(25):02}:{rng.randrange(61):02}'
                           + rng.choice(['', ':07', ':60', ':08.1234567', ':09.5', 'Z'])),
        'skewed': lambda: rng.choice(['praha', 'brno']) if rng.random() < 0.3 else f'v{rng.randrange(10 ** 6)}',
        'unicode': lambda: ''.join(rng.choice('aB9č€😀 -,"\n') for _ in range(rng.randrange(0, 60))),
        'long': lambda: 'x' * rng.randrange(36, 44) + rng.choice(['', 'y', 'č', 'z' * 100]),
        'bytes': lambda: bytes(rng.choice(b'aZ0\x80\xc3\xff') for _ in range(rng.randrange(6))).decode('latin-1'),
        'constant': lambda: 'same',
        'nothing': lambda: '',
    }


def random_table(rng, most=6000):
    """The bytes of a file, and its cells with the numbers of their records."""
    all_kinds = kinds(rng)
    columns = rng.choice([1, 2, 5, 8, 8, 8, 70])
    makers = [rng.choice(sorted(all_kinds)) for _ in range(columns)]
    holes = [rng.choice([0, 0, 0.1, 0.9]) for _ in range(columns)]
    sizes = [0, 1, 2, 10, 100, 1000] + ([3000, 6000] if columns < 10 else [])
    records = rng.choice([n for n in sizes if n <= most])
    out = io.BytesIO()
    out.write(','.join(f'c{i}' for i in range(columns)).encode() + b'\n')
    cells = [[] for _ in range(columns)]
    for number in range(2, records + 2):
        line = []
        for i in range(columns):
            value = '' if rng.random() < holes[i] else all_kinds[makers[i]]()
            raw = value.encode('latin-1' if makers[i] == 'bytes' else 'utf-8')
            cells[i].append((number, raw))
            enclose = any(c in raw for c in b',"\n\r') or rng.random() < 0.1 or (columns == 1 and not raw)
            line.append(b'"' + raw.replace(b'"', b'""') + b'"' if enclose else raw)
        out.write(b','.join(line) + b'\n')
    return out.getvalue(), cells, makers
