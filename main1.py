"""python main1.py: command line -> pictures -> CNNStyleNet -> pictures, plots and run file."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

try:
    from tqdm.auto import tqdm

    from stylenet.command.arguments import options_from, parse
    from stylenet.command.checks import checked_jobs
    from stylenet.command.clips import is_clip, paint_clip_of
    from stylenet.command.dry_run import DRY_OPTIONS, tell_expectations
    from stylenet.command.memory_check import check_memory, sizes_of
    from stylenet.command.painting import paint_one
    from stylenet.command.quiet import quick_imports, quiet_imports
    from stylenet.command.shared_work import cluster_of, paint_elsewhere
    from stylenet.command.streams import drop_what_cannot_leave, forgiving_streams
    from stylenet.command.trouble import told
    from stylenet.descent.identity import check_inputs
    from stylenet.disk.claims import claimed
    from stylenet.errors import StyleNetError
    from stylenet.network.model_files import download_network, find_network
    from stylenet.network.network_file import read_network
    from stylenet.options.presets import NETWORKS, preset_lines
    from stylenet.page.server import serve
    from stylenet.pictures.samples import CONTENTS, STYLES
    from stylenet.pictures.writing import check_size
    from stylenet.results.finished import is_finished
except ModuleNotFoundError as error:  # it was not installed yet
    if __name__ != "__main__":
        raise
    print(
        f"error: {error.name} is not installed; run `pip install .` in the folder of main1.py.",
        file=sys.stderr,
    )
    sys.exit(2)


def main(argv=None):
    """Run the program.

    Args:
        argv: the arguments; the process's own when None.

    Returns:
        Exit code: 0 done, 1 stopped on the way, 2 bad input, 130 interrupted.
    """
    with forgiving_streams():
        try:
            return _main(*parse(argv))
        except (Exception, KeyboardInterrupt) as error:
            return _fail(*told(error))


def _main(arguments, fingerprints):
    if arguments.download_network:
        print(
            f"VGG-19 in float32 is in {download_network()}; it is used from now on. It is the "
            "network that comes along with all its digits, of which that one has three."
        )
    elif arguments.presets:
        print(preset_lines())
    elif arguments.page is not None:
        return serve(arguments, paint)
    else:
        return paint(arguments, fingerprints)
    return 0


def paint(arguments, fingerprints=None, paint_job=None):
    """Check everything, then paint one picture after the other with one network.

    Args:
        arguments: of the command line.
        fingerprints: what the inputs must have, see `stylenet.descent.identity`; None: whatever
            they have.
        paint_job: paints one, (net, job, arguments, network); `paint_one` when None.

    Returns:
        Exit code; among several pictures one that fails is told and passed over.
    """
    begin, options = time.perf_counter(), options_from(arguments)
    arguments.styles = arguments.styles or list(STYLES[:1])
    arguments.content = arguments.content or list(CONTENTS[:1])
    if is_clip(arguments):
        make_net = partial(_make_net, arguments, options)
        return paint_clip_of(arguments, options, fingerprints, make_net)
    jobs = checked_jobs(arguments, options)
    network = find_network(arguments.network, NETWORKS.get(options.preset))
    with (
        claimed(_names(jobs, options)),
        _make_net(arguments, options, jobs[0].content, network) as net,
        cluster_of(arguments) as cluster,
    ):
        load = partial(_load, net, arguments, fingerprints)
        if cluster and len(jobs) > 1:
            return paint_elsewhere(net, jobs, arguments, network, cluster, load, _pass_over)
        net.work_on(cluster)
        exit_code = 0
        for job in jobs:
            try:
                if not load(job):
                    continue
                if arguments.dry_run:
                    further = [job.outputs.progress] * arguments.progress_write
                    tell_expectations(net, job, options, begin, further)
                else:
                    (paint_job or paint_one)(net, job, arguments, network)
            except StyleNetError as error:
                if len(jobs) == 1:
                    raise
                exit_code = _pass_over(job, error)
            begin = time.perf_counter()  # of the next; the first pays for the program's start
        return exit_code


def _names(jobs, options):
    """What no other run may write to meanwhile; of the same state are all files of a name."""
    pictures = [path for job in jobs for path in (job.outputs.picture, job.outputs.state)]
    return [*pictures, options.checkpoint_output, options.tensorboard]


def _make_net(arguments, options, content, network):
    """The net, with its network and no pictures."""
    with ThreadPoolExecutor(1) as pool, quiet_imports(), quick_imports():
        # Most of it is unpacking, which a second core does while the first imports TensorFlow.
        reading = pool.submit(read_network, network.path)
        from CNNStyleNet import CNNStyleNet
    net = CNNStyleNet(
        content,
        arguments.styles,
        network.path,
        content_masks=arguments.content_mask,
        style_masks=arguments.style_masks,
        **options.as_dict() | (DRY_OPTIONS if arguments.dry_run else {}),
    )
    return net.load_model_info(reading.result())


def _load(net, arguments, fingerprints, job):
    """Have the net read the pictures of a job, if they fit; False if it is finished already."""
    pictures = [job.content, *arguments.styles]
    check_memory(net, job.content, sizes_of(pictures, net.options.max_megapixels))
    net.load_image_content_style(job.content)
    check_size(job.outputs.picture, *net.pictures.content.shape[:2])
    if fingerprints:
        check_inputs(fingerprints, net.run_identity())
    if job.earlier and is_finished(job, net.run_identity(), arguments.resume):
        print(f"{job.content} is finished already.")
        return False
    return True


def _pass_over(job, error):
    """Tell of a picture of a batch that failed; returns the exit code for it."""
    named = str(job.content) in str(error)
    sentence, code = told(error)
    return _fail(sentence if named else f"{job.content}: {sentence}", code)


def _fail(message, code):
    tqdm.write(f"error: {message}", file=sys.stderr)  # not into a bar that is there
    return code


def run():
    """The console command `cnn-stylenet`, and this file as a program."""
    code = main()
    drop_what_cannot_leave()
    sys.exit(code)


if __name__ == "__main__":
    run()
