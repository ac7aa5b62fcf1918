#!/usr/bin/env python3
"""The form of a Kubernetes Job, without a cluster; and the command in it.

    kubernetes_job.py FILE FOLDER    prints the shell script of the container, with FOLDER for /data

What is checked are the members that batch/v1 Job has and this example may use, their types, which of
them are required, and that what they name exists: every mounted volume, an index that is counted.
Prints what is wrong, and exits with 1.
"""
import sys

import yaml

TEXT, NUMBER, LIST = str, int, list
JOB = {
    'apiVersion': TEXT, 'kind': TEXT, 'metadata': {'name': TEXT},
    'spec': {
        'completionMode?': TEXT, 'completions?': NUMBER, 'parallelism?': NUMBER, 'backoffLimit': NUMBER,
        'template': {'spec': {'restartPolicy': TEXT, 'containers': LIST, 'volumes': LIST}},
    },
}
CONTAINER = {'name': TEXT, 'image': TEXT, 'command': LIST, 'volumeMounts': LIST,
             'resources?': {'requests': {'cpu': TEXT, 'memory': TEXT}, 'limits': {'memory': TEXT}}}
MOUNT = {'name': TEXT, 'mountPath': TEXT}
VOLUME = {'name': TEXT, 'persistentVolumeClaim': {'claimName': TEXT}}


def check(value, form, place):
    if not isinstance(form, dict):
        return [] if isinstance(value, form) else [f'{place}: {value!r} is no {form.__name__}']
    if not isinstance(value, dict):
        return [f'{place}: no object']
    names = {name.rstrip('?'): name for name in form}
    wrong = [f'{place}.{name}: no such member' for name in value if name not in names]
    for name, written in names.items():
        if name in value:
            wrong += check(value[name], form[written], f'{place}.{name}')
        elif not written.endswith('?'):
            wrong.append(f'{place}.{name}: missing')
    return wrong


def check_each(items, form, place):
    return [text for i, item in enumerate(items) for text in check(item, form, f'{place}[{i}]')]


def check_job(job):
    wrong = check(job, JOB, 'job')
    if wrong:
        return wrong
    spec, pod = job['spec'], job['spec']['template']['spec']
    wrong += check_each(pod['containers'], CONTAINER, 'container')
    wrong += check_each(pod['volumes'], VOLUME, 'volume')
    if wrong:
        return wrong
    if (job['apiVersion'], job['kind']) != ('batch/v1', 'Job'):
        wrong.append('no batch/v1 Job')
    if pod['restartPolicy'] not in ('Never', 'OnFailure'):
        wrong.append('a Job cannot restart Always')
    volumes = {volume['name'] for volume in pod['volumes']}
    for container in pod['containers']:
        wrong += check_each(container['volumeMounts'], MOUNT, 'mount')
        wrong += [f'no volume {m["name"]}' for m in container['volumeMounts'] if m['name'] not in volumes]
    script = pod['containers'][0]['command'][-1]
    indexed = spec.get('completionMode') == 'Indexed'
    if indexed != ('JOB_COMPLETION_INDEX' in script):
        wrong.append('an index is used where there is none, or is there and not used')
    if indexed and f'/{spec["completions"]} ' not in script:
        wrong.append('another number of parts in the command than there are completions')
    if indexed and spec['parallelism'] > spec['completions']:
        wrong.append('more pods at a time than there are')
    return wrong


def main():
    path, folder = sys.argv[1:]
    with open(path, encoding='utf-8') as text:
        job = yaml.safe_load(text)
    wrong = check_job(job)
    for text in wrong:
        print(f'{path}: {text}', file=sys.stderr)
    if not wrong:
        print(job['spec']['template']['spec']['containers'][0]['command'][-1].replace('/data', folder))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
