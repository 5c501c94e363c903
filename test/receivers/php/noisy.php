<?php

// A receiver that answers after a handler that does what the event's type says, with PHP's warnings shown to the sender;
// plain PHP, or with `KIND=psr` over PSR-7. With `GATE`, it answers at once, when there is a file at that place; `GATE.accepted`
// says that it waits, and `GATE.handled` that the handler has run.

declare(strict_types=1);

use Ringback\FileStore;
use Ringback\Receiver;
use Ringback\WebhookEvent;

if (getenv('KIND') === 'psr') {
    require 'Nyholm/Psr7/autoload.php';
    require __DIR__ . '/psr.php';
}
require getenv('RECEIVER');

function do_as(WebhookEvent $event): void
{
    switch ($event->type) {
        case 'note':
            touch(getenv('GATE') . '.handled');
            return;
        case 'print':
            echo "a line for whoever debugs\n";
            return;
        case 'print_and_fail':
            ob_start();
            echo "a line for whoever debugs\n";
            throw new RuntimeException('no');
        case 'warn_and_fail':
            trigger_error('a warning');
            throw new RuntimeException('no');
        case 'exit':
            exit(0);
        case 'fatal':
            trigger_error('as when the memory is used up', E_USER_ERROR);
    }
}

$gate = getenv('GATE');
$log = function (array $line) use ($gate): void {
    echo json_encode($line);
    if ($gate === false || $line['outcome'] !== 'accepted') {
        return;
    }
    touch("$gate.accepted");
    while (!file_exists($gate)) {
        usleep(5_000);
        clearstatcache();
    }
};
$store = new FileStore(getenv('SEEN'));
$receiver = new Receiver(getenv('SECRET'), do_as(...), $store, answerAfterHandler: $gate === false, log: $log);
if (getenv('KIND') === 'psr') {
    $factory = new Nyholm\Psr7\Factory\Psr17Factory();
    Frameworks\emit((new Ringback\ReceiverRequestHandler($receiver, $factory))->handle(Frameworks\request($factory)));
} else {
    $receiver->handle();
}
